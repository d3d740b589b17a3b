//! The OpenAPI document, made from the list of routes.

use std::collections::BTreeMap;

use actix_web::http::Method;
use concord_app::{consents, cursor::PAGE_ITEMS_MAX, find, retention, retractions, sharing};
use concord_domain::{
    document::{
        ArmedActor, Ask, Commitment, CommonPosition, Contact, Demand, Engagement, Form, Intention,
        Lead, Mechanism, Member, Of, Operation, Organization, Place, ProtectionRisk, Schemas,
        Strategy, Verification,
    },
    vocabulary::{FlagClass, FlagKind, FlagState, Resolution, Role, Severity},
};
use concord_reports::{
    brief::Brief,
    handed_round::HandedRound,
    network::Network,
    report::Report,
    timeline::{Changes, Timeline},
};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
        RefOr, Required, Schema as OpenSchema,
        path::{
            HttpMethod, Operation as PathOperation, OperationBuilder, ParameterBuilder, ParameterIn,
        },
        request_body::RequestBodyBuilder,
        schema::AdditionalProperties,
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    problem::{FoundInText, Problem, ProblemAt},
    routes::{self, Is, Parameter, Route, Schema},
    views,
};

mod answers;
mod confirmable;
mod problems;

const PREFIX: &str = "#/components/schemas/";

/// The document.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in routes::all() {
        let item = PathItem::new(method(&route.method), operation(route));
        paths = paths.path(route.path.clone(), item);
    }
    let mut tags: Vec<&str> = Vec::new();
    for route in routes::all() {
        if !tags.contains(&route.tag) {
            tags.push(route.tag);
        }
    }
    let mut license = utoipa::openapi::info::License::new("Apache-2.0 OR MIT");
    license.identifier = Some("Apache-2.0 OR MIT".to_owned());
    let info = InfoBuilder::new()
        .title("Concord")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Who talks to which armed actor, at what level, on which issues, with which asks; and \
             where those lines overlap, conflict, step past each other or strengthen each other.",
        ))
        .license(Some(license))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(paths.build())
        .components(Some(components()))
        .tags(Some(tags.into_iter().map(|name| TagBuilder::new().name(name).build())))
        .build()
}

/// The pages on which the document can be read and tried, served from the binary alone.
pub fn interactive() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", openapi())
}

fn method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &Route) -> PathOperation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(&route.id))
        .tag(route.tag)
        .summary(Some(&route.summary));
    if !route.description.is_empty() {
        operation = operation.description(Some(route.description));
    }
    for parameter in parameters(route) {
        operation = operation.parameter(parameter);
    }
    if let Some((schema, example)) = &route.body {
        let content = content(schema, Some(example));
        let body = RequestBodyBuilder::new()
            .content("application/json", content)
            .required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    operation = operation.response(route.answer.0.to_string(), answers::answer(route));
    if route.is_tagged && route.method == Method::GET {
        operation = operation.response("304", answers::not_modified());
    }
    for kind in problems::problems(route) {
        operation = operation.response(kind.status.as_str(), answers::problem(kind.status));
    }
    if !route.is_open {
        let scopes: [&str; 0] = [];
        operation = operation.security(SecurityRequirement::new("token", scopes));
    }
    operation.build()
}

fn parameters(route: &Route) -> Vec<ParameterBuilder> {
    let text = || string_schema(json!({"type": "string"}));
    let mut parameters: Vec<ParameterBuilder> = route
        .path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(|name| {
            let schema = match name {
                "id" | "part" => string_schema(json!({"type": "string", "format": "uuid"})),
                _ => text(),
            };
            let about = match name {
                "operation" => "The operation, by its id or key.",
                "id" | "part" => "An id.",
                _ => "A name.",
            };
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some(about))
                .schema(Some(schema))
        })
        .collect();
    parameters.extend(route.query.iter().map(|parameter| {
        ParameterBuilder::new()
            .name(parameter.name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(parameter.about))
            .schema(Some(string_schema(query_schema(parameter))))
    }));
    let header = |name: &str, about: &str, required, pattern: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(required)
            .description(Some(about))
            .schema(Some(string_schema(json!({"type": "string", "pattern": pattern}))))
    };
    if route.needs_match {
        let about = "The ETag of what you read and now change.";
        parameters.push(header("If-Match", about, Required::True, "^[ -~]+$"));
    }
    if route.takes_key {
        let about = "Your own key for this request; sent again with it, nothing is done twice.";
        parameters.push(header("Idempotency-Key", about, Required::False, "^[!-~]{1,100}$"));
    }
    parameters
}

fn query_schema(parameter: &Parameter) -> Value {
    match parameter.is {
        Is::Text => json!({"type": "string"}),
        Is::Limit => json!({"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS_MAX}),
        Is::Boolean => json!({"type": "boolean"}),
        Is::Code(list) => json!({"$ref": format!("{PREFIX}{list}")}),
    }
}

fn string_schema(schema: Value) -> RefOr<OpenSchema> {
    serde_json::from_value(schema).unwrap_or_else(|_| RefOr::Ref(Ref::from_schema_name("Problem")))
}

fn json_schema(schema: &Schema) -> Value {
    let reference = |name: &str| json!({"$ref": format!("{PREFIX}{name}")});
    let list = |name: &str| json!({"type": "array", "items": reference(name)});
    match schema {
        Schema::Named(name) => reference(name),
        Schema::ListOf(name) => json!({
            "type": "object",
            "properties": {"items": list(name)},
            "required": ["items"],
            "additionalProperties": false,
        }),
        Schema::PageOf(name) => json!({
            "type": "object",
            "properties": {
                "items": list(name),
                "next": {"type": ["string", "null"], "description": "Where the list goes on."},
            },
            "required": ["items", "next"],
            "additionalProperties": false,
        }),
        Schema::Inline(schema) => schema.clone(),
    }
}

fn content(schema: &Schema, example: Option<&Value>) -> Content {
    let mut content = Content::new(Some(string_schema(json_schema(schema))));
    content.example = example.cloned();
    content
}

fn components() -> Components {
    let mut components = Components::new();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("A token from POST /v1/tokens."))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(scheme));
    components.headers = answers::headers();
    components.responses = answers::shared();
    for (name, schema) in documents().into_iter().chain(plain()) {
        if let Ok(schema) = serde_json::from_value::<RefOr<OpenSchema>>(schema) {
            components.schemas.insert(name, schema);
        }
    }
    add::<Problem>(&mut components);
    add::<ProblemAt>(&mut components);
    add::<FoundInText>(&mut components);
    add::<views::Flag>(&mut components);
    add::<views::FlagSubject>(&mut components);
    add::<views::Organisation>(&mut components);
    add::<views::Because>(&mut components);
    add::<views::About>(&mut components);
    add::<views::RestrictedFlag>(&mut components);
    add::<concord_reports::disclosed::Disclosed>(&mut components);
    add::<views::FlagStep>(&mut components);
    add::<views::FlagDetail>(&mut components);
    add::<views::FlagList>(&mut components);
    add::<views::QueuedFlag>(&mut components);
    add::<views::Queue>(&mut components);
    add::<views::ContactRequest>(&mut components);
    add::<views::ReceivedContactRequest>(&mut components);
    add::<views::Notification>(&mut components);
    add::<views::Person>(&mut components);
    add::<views::SuggestedArmedActor>(&mut components);
    add::<Brief>(&mut components);
    add::<Report>(&mut components);
    add::<Network>(&mut components);
    add::<Timeline>(&mut components);
    add::<Changes>(&mut components);
    add::<HandedRound>(&mut components);
    components
}

fn add<T: ToSchema + PartialSchema>(components: &mut Components) {
    let mut within = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut within);
    components.schemas.extend(within.into_iter().map(|(name, schema)| (name, whole(schema))));
}

/// An answer has all members that it is described with, null if there is nothing to say, and no
/// others. The faults of a problem, and what was found in a text, alone are left out where there
/// is nothing.
fn whole(schema: RefOr<OpenSchema>) -> RefOr<OpenSchema> {
    let RefOr::T(OpenSchema::Object(mut object)) = schema else { return schema };
    if !object.properties.is_empty() {
        let names =
            object.properties.keys().filter(|name| !["errors", "found"].contains(&name.as_str()));
        object.required = names.cloned().collect();
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
    RefOr::T(OpenSchema::Object(object))
}

/// The documents in the forms in which they are sent and shown.
fn documents() -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for form in [Form::New, Form::Change, Form::View] {
        let mut schemas = Schemas::new(form, PREFIX);
        Operation::schema(&mut schemas);
        Place::schema(&mut schemas);
        Mechanism::schema(&mut schemas);
        Organization::schema(&mut schemas);
        ArmedActor::schema(&mut schemas);
        Lead::schema(&mut schemas);
        CommonPosition::schema(&mut schemas);
        Commitment::schema(&mut schemas);
        Strategy::schema(&mut schemas);
        ProtectionRisk::schema(&mut schemas);
        if form == Form::Change {
            Ask::schema(&mut schemas);
            Demand::schema(&mut schemas);
        }
        Engagement::schema(&mut schemas);
        if form == Form::View {
            Of::<Role>::schema(&mut schemas);
            Of::<FlagKind>::schema(&mut schemas);
            Of::<FlagClass>::schema(&mut schemas);
            Of::<Severity>::schema(&mut schemas);
            Of::<FlagState>::schema(&mut schemas);
            Of::<Resolution>::schema(&mut schemas);
            Intention::schema(&mut schemas);
        }
        if form == Form::New {
            Intention::schema(&mut schemas);
            Contact::schema(&mut schemas);
            Verification::schema(&mut schemas);
        }
        all.extend(schemas.into_definitions());
    }
    // What amends a thing gives its members whole, so what stands in them is new.
    let amended: Vec<String> =
        all.keys().filter(|name| name.ends_with("Change")).cloned().collect();
    for change in all.iter_mut().filter(|(name, _)| name.ends_with("Change")).map(|(_, c)| c) {
        let mut text = change.to_string();
        for name in amended.iter().filter_map(|name| name.strip_suffix("Change")) {
            let (part, new) = (format!("{PREFIX}{name}Change\""), format!("{PREFIX}New{name}\""));
            text = text.replace(&part, &new);
        }
        if let Ok(schema) = serde_json::from_str(&text) {
            *change = schema;
        }
    }
    confirmable::mark(&mut all);
    if let Some(operation) = all.get_mut("Operation") {
        operation["properties"]["id"] = json!({"type": "string", "format": "uuid"});
        operation["properties"]["evaluated_on"] = json!({
            "type": "string", "format": "date",
            "description": "The UTC day as of which the flags stand.",
        });
    }
    all
}

/// The shapes of bodies and answers that are no documents and have no type of their own.
fn plain() -> BTreeMap<String, Value> {
    let mut shapes: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("shapes.json")).unwrap_or_default();
    shapes.insert("Sharing".to_owned(), sharing::schema());
    shapes.extend(retention::schemas());
    shapes.extend(crate::routes::notification_schemas());
    shapes.extend(crate::routes::passkey_schemas());
    shapes.extend([crate::routes::email_schema()]);
    shapes.insert("NewRetraction".to_owned(), retractions::schema());
    shapes.insert("GivenConsent".to_owned(), consents::schema());
    shapes.insert("WithReason".to_owned(), consents::reason_schema());
    shapes.insert("Search".to_owned(), find::schema());
    shapes.insert("DisclosedSearch".to_owned(), find::disclosed_schema());
    shapes.extend(bundle());
    shapes
}

/// The schemas of a bundle, whose definitions get names of their own: `Place` is a place as it is
/// shown, `BundlePlace` one in a bundle, `PartialPlace` one that may stand already, of which a
/// bundle that is taken in says only what is to change.
fn bundle() -> BTreeMap<String, Value> {
    let text = concord_domain::bundle::schema().to_string();
    let text = text.replace("#/$defs/", &format!("{PREFIX}Bundle"));
    let mut schema: Value = serde_json::from_str(&text).unwrap_or_default();
    let definitions = schema["$defs"].take();
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, _| !name.starts_with('$') && name != "title");
    }
    if let Some(members) = schema["properties"].as_object_mut() {
        // What a scenario is and expects is no business of a registry.
        members.retain(|name, _| name != "title" && name != "expect");
    }
    // The type of schemas here knows no constants.
    let format = schema["properties"]["format"]["const"].take();
    schema["properties"]["format"] = json!({"type": "string", "enum": [format]});
    let mut all = BTreeMap::new();
    let mut partial = schema.clone();
    for (name, definition) in definitions.as_object().into_iter().flatten() {
        let whole = format!("{PREFIX}Bundle{name}");
        for list in
            partial["properties"].as_object_mut().into_iter().flat_map(|all| all.values_mut())
        {
            if list["items"]["$ref"] == whole.as_str() {
                list["items"]["$ref"] = format!("{PREFIX}Partial{name}").into();
                let mut definition = definition.clone();
                definition["required"] = json!(["key"]);
                all.insert(format!("Partial{name}"), definition);
            }
        }
        all.insert(format!("Bundle{name}"), definition.clone());
    }
    all.insert("Bundle".to_owned(), schema);
    all.insert("BundleToImport".to_owned(), partial);
    all
}
