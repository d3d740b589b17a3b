"""The tour of the README with a client that openapi-python-client made from the document alone.

    python tour.py ADDRESS LOGIN PASSWORD
"""

import datetime
import sys
from http import HTTPStatus

from concord_client import AuthenticatedClient, Client
from concord_client.api.brief_and_report import create_brief
from concord_client.api.checks import check
from concord_client.api.engagements import create_engagements
from concord_client.api.flags import get_flag, step_flag
from concord_client.api.signing_in import me, sign_in
from concord_client.models import (
    Action,
    Audience,
    EngagementStatus,
    FlagKind,
    FlagState,
    Issue,
    Level,
    Method,
    NewAsk,
    NewBrief,
    NewEngagement,
    NewFlagStep,
    NewIntention,
    NewToken,
)

OPERATION = "exercise"


def answered(response, status):
    """What was answered, which must be of this status and read by the client."""
    assert response.status_code == status, response.content
    assert response.parsed is not None, response.content
    return response.parsed


def only_contradiction(flags):
    """The one flag that says that two asks are opposed."""
    found = [flag for flag in flags if flag.kind == FlagKind.CONTRADICTION]
    assert len(found) == 1, flags
    return found[0]


def asks():
    """What is asked for."""
    return [
        NewAsk.from_dict(
            {
                "issue": Issue.ACCESS_MOVEMENT_CHECKPOINTS,
                "action": Action.REMOVE_CHECKPOINT,
                "terms": {"route": "Sefa bridge road"},
            }
        )
    ]


def tour(address, login, password):
    """Signs in, checks, logs what conflicts, reads the flag, takes a step, gets the brief."""
    anybody = Client(base_url=address, raise_on_unexpected_status=True)
    credentials = NewToken(login=login, password=password)
    token = answered(sign_in.sync_detailed(client=anybody, body=credentials), HTTPStatus.OK)
    client = AuthenticatedClient(
        base_url=address, token=token.access_token, raise_on_unexpected_status=True
    )
    assert answered(me.sync_detailed(client=client), HTTPStatus.OK).login == login

    today = datetime.datetime.now(datetime.UTC).date()
    line = {
        "organization": "rtw",
        "armed_actor": "ufv-sefa",
        "level": Level.TACTICAL,
        "method": Method.NEGOTIATION,
        "from_": today,
        "places": ["XT030102"],
        "asks": asks(),
    }
    until = today + datetime.timedelta(days=30)
    intention = NewIntention(**line, until=until, purpose="A meeting at the bridge")
    checked = answered(
        check.sync_detailed(OPERATION, client=client, body=intention), HTTPStatus.OK
    )
    only_contradiction(checked.flags)
    assert "clearance" in checked.note
    assert checked.left.person < 20

    engagement = NewEngagement(
        **line, status=EngagementStatus.ONGOING, until=until, audience=Audience.OPERATION
    )
    logged = create_engagements.sync_detailed(OPERATION, client=client, body=engagement)
    logged = answered(logged, HTTPStatus.CREATED)
    assert logged.engagement.from_ == today
    flag_id = only_contradiction(logged.flags).id
    assert len(logged.restricted) == 1

    flag = answered(get_flag.sync_detailed(OPERATION, flag_id, client=client), HTTPStatus.OK).flag
    assert flag.state == FlagState.OPEN
    assert any("opposed" in because.sentence for because in flag.because)

    step = NewFlagStep(state=FlagState.ACKNOWLEDGED, note="We call Safe Harbour first.")
    taken = step_flag.sync_detailed(OPERATION, flag_id, client=client, body=step)
    assert answered(taken, HTTPStatus.OK).flag.state == FlagState.ACKNOWLEDGED

    asked = NewBrief(armed_actor="ufv-sefa", place="XT030102")
    brief = answered(
        create_brief.sync_detailed(OPERATION, client=client, body=asked), HTTPStatus.OK
    )
    assert brief.armed_actor.actor.name == "UFV Sefa Bridge post"
    assert any(line.kind.code == "contradiction" for line in brief.flags)


if __name__ == "__main__":
    tour(*sys.argv[1:])
    print("the tour is done")
