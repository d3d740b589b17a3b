//! Somebody with a browser that runs no script: it keeps cookies, sends forms, and says from where.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{Answer, PASSWORD, Registry, office};

/// A browser.
pub struct Browser<'r> {
    registry: &'r Registry,
    /// The languages that it asks for.
    pub languages: &'static str,
    /// Its cookies, each with its attributes as they were set.
    pub cookies: RefCell<BTreeMap<String, (String, String)>>,
}

/// The attributes of a tag, by name.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let (value, after) = after.split_once('"').unwrap_or((after, ""));
        found.insert(name.to_owned(), text(value));
        rest = after;
    }
    found
}

/// A text without the escapes of HTML.
fn text(html: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(html.to_owned(), |text, (escape, sign)| text.replace(escape, sign))
}

/// The tags of a kind in a page, each with its attributes.
pub fn tags(page: &str, kind: &str) -> Vec<BTreeMap<String, String>> {
    let opened = format!("<{kind}");
    let parts = page.split(&opened).skip(1);
    let own = parts.filter(|rest| rest.starts_with([' ', '>', '\n']));
    own.map(|rest| attributes(rest.split('>').next().unwrap_or_default())).collect()
}

/// What a page says, without its tags.
pub fn said(page: &str) -> String {
    let mut said = String::new();
    for part in page.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        if !tag.ends_with("bdi") {
            said.push(' ');
        }
        said.push_str(text);
    }
    text(&said.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What a form carries besides what is typed into it.
pub fn carried(page: &str, action: &str) -> Vec<(String, String)> {
    let wanted = format!("action=\"{action}\"");
    let form = page.split("<form").find(|form| form.contains(&wanted));
    let form = form.unwrap_or_else(|| panic!("there is no form to {action} in {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let hidden = tags(form, "input").into_iter();
    hidden
        .filter(|input| input.get("type").is_some_and(|kind| kind == "hidden"))
        .map(|input| (input["name"].clone(), input["value"].clone()))
        .collect()
}

impl<'r> Browser<'r> {
    /// One that has been nowhere.
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry, languages: "en", cookies: RefCell::default() }
    }

    /// One in which somebody has signed in by the form.
    #[track_caller]
    pub fn signed_in(registry: &'r Registry, login: &str) -> Self {
        let browser = Self::new(registry);
        let page = browser.get("/sign-in").expect(200);
        let typed = [("login", login), ("password", PASSWORD)];
        browser.submit(&page, "/sign-in", &typed).expect(303);
        browser
    }

    /// The same without its cookies, as it follows a link of another site.
    pub fn clone_without_cookies(&self) -> Self {
        Self { languages: self.languages, ..Self::new(self.registry) }
    }

    /// Goes to a page.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Goes where an answer leads.
    #[track_caller]
    pub fn follow(&self, answer: &Answer) -> Answer {
        self.get(answer.header("location").expect("it leads somewhere"))
    }

    /// Sends a form of a page.
    #[track_caller]
    pub fn submit(&self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let carried = carried(&page.text, action);
        let mut fields: Vec<(&str, &str)> =
            carried.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend(typed);
        let origin = self.registry.url();
        self.post(action, &[("origin", &origin)], &fields)
    }

    /// Sends fields, and says from where with these headers.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", path, &all, &body)
    }

    /// Sends anything.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let url = format!("{}{path}", self.registry.url());
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        request = request.header("accept-language", self.languages);
        let cookies = self.cookies.borrow();
        let pairs: Vec<String> =
            cookies.iter().map(|(name, (value, _))| format!("{name}={value}")).collect();
        drop(cookies);
        if !pairs.is_empty() {
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_bytes().to_vec()).expect("a request");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .build()
            .into();
        let mut response = agent.run(request).expect("an answer");
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        self.keep(&headers);
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_vec().expect("a body");
        let text = office::text_of(&headers, body);
        Answer { status, headers, text, body: serde_json::Value::Null }
    }

    /// Keeps and forgets the cookies of an answer.
    fn keep(&self, headers: &[(String, String)]) {
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = cookie.split_once("; ").unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let mut cookies = self.cookies.borrow_mut();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), (value.to_owned(), attributes.to_owned()));
            }
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).map(|(value, _)| value.clone())
    }
}
