"""What services say, by their own documentation, and what it is about."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Fault, Outcome
from monitor.send.refusals import Stage, explanation, http_verdict, smtp_verdict

SENT, PASSES, NEVER = Outcome.SENT, Outcome.TRANSIENT, Outcome.PERMANENT


@pytest.mark.parametrize(
    ("status", "body", "outcome", "fault"),
    [
        (200, "ok", SENT, None),
        (204, "", SENT, None),
        # Slack: web hooks, and the web API, which says everything with a 200
        (404, "no_service", NEVER, Fault.ADDRESS),
        (404, "channel_not_found", NEVER, Fault.ADDRESS),
        (410, "channel_is_archived", NEVER, Fault.ADDRESS),
        (403, "action_prohibited", NEVER, Fault.ADDRESS),
        (403, "invalid_token", PASSES, Fault.SETTINGS),
        (400, "invalid_payload", NEVER, Fault.MESSAGE),
        (200, '{"ok": true}', SENT, None),
        (200, '{"ok": false, "error": "not_in_channel"}', NEVER, Fault.ADDRESS),
        (200, '{"ok": false, "error": "invalid_auth"}', PASSES, Fault.SETTINGS),
        (200, '{"ok": false, "error": "msg_too_long"}', NEVER, Fault.MESSAGE),
        (200, '{"ok": false, "error": "fatal_error"}', PASSES, Fault.SERVICE),
        # Telegram
        (400, '{"ok":false,"description":"Bad Request: chat not found"}', NEVER, Fault.ADDRESS),
        (400, '{"ok":false,"description":"Bad Request: can\'t parse entities: x"}', NEVER, Fault.MESSAGE),
        (400, '{"ok":false,"description":"Bad Request: message is too long"}', NEVER, Fault.MESSAGE),
        (403, '{"ok":false,"description":"Forbidden: bot was blocked by the user"}', NEVER, Fault.ADDRESS),
        (401, '{"ok":false,"description":"Unauthorized"}', PASSES, Fault.SETTINGS),
        (429, '{"ok":false,"parameters":{"retry_after":5}}', PASSES, Fault.SERVICE),
        # Discord
        (404, '{"message": "Unknown Webhook", "code": 10015}', NEVER, Fault.ADDRESS),
        (400, '{"message": "Invalid Form Body", "code": 50035}', NEVER, Fault.MESSAGE),
        # Teams, Pushover, Matrix
        (400, '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}', NEVER, Fault.ADDRESS),
        (
            400,
            '{"user":"invalid","errors":["user identifier is not a valid, invalid"]}',
            NEVER,
            Fault.ADDRESS,
        ),
        (400, '{"token":"invalid","errors":["application token is invalid"]}', PASSES, Fault.SETTINGS),
        (413, '{"errcode":"M_TOO_LARGE","error":"event too large"}', NEVER, Fault.MESSAGE),
        (403, '{"errcode":"M_FORBIDDEN","error":"You are not in the room"}', NEVER, Fault.ADDRESS),
        # anybody
        (302, "", NEVER, Fault.ADDRESS),
        (405, "<html>", NEVER, Fault.ADDRESS),
        (422, "", NEVER, Fault.MESSAGE),
        (500, "channel_not_found", PASSES, Fault.SERVICE),
        (503, "", PASSES, Fault.SERVICE),
    ],
)
def test_what_a_service_refuses(status, body, outcome, fault):
    assert http_verdict(status, body) == (outcome, fault)


@pytest.mark.parametrize(
    ("stage", "code", "said", "outcome", "fault"),
    [
        (Stage.MAIL, 250, "queued", SENT, None),
        (Stage.LOGIN, 535, "5.7.8 bad credentials", PASSES, Fault.SETTINGS),
        (Stage.LOGIN, 454, "4.7.0 temporary authentication failure", PASSES, Fault.SERVICE),
        (Stage.SENDER, 530, "5.7.0 authentication required", PASSES, Fault.SETTINGS),
        (Stage.SENDER, 550, "5.7.60 no permission to send as", PASSES, Fault.SETTINGS),
        (Stage.RECIPIENT, 550, "5.1.1 user unknown", NEVER, Fault.ADDRESS),
        (Stage.RECIPIENT, 551, "user not local", NEVER, Fault.ADDRESS),
        (Stage.RECIPIENT, 552, "mailbox full", PASSES, Fault.SERVICE),
        (Stage.RECIPIENT, 550, "5.2.2 over quota", PASSES, Fault.SERVICE),
        (Stage.RECIPIENT, 452, "4.2.2 mailbox full", PASSES, Fault.SERVICE),
        (Stage.RECIPIENT, 421, "too many connections", PASSES, Fault.SERVICE),
        (Stage.RECIPIENT, 450, "greylisted", PASSES, Fault.SERVICE),
        (Stage.MAIL, 554, "looks like spam", NEVER, Fault.MESSAGE),
        (Stage.MAIL, 552, "5.3.4 message too big", NEVER, Fault.MESSAGE),
        (Stage.MAIL, 554, "5.2.2 mailbox full", PASSES, Fault.SERVICE),
        (Stage.RECIPIENT, -1, "", PASSES, Fault.SERVICE),
    ],
)
def test_what_a_mail_server_refuses(stage, code, said, outcome, fault):
    assert smtp_verdict(stage, code, f"{code} {said}") == (outcome, fault)


@given(st.integers(100, 599), st.text())
def test_every_answer_has_a_verdict(status, body):
    outcome, fault = http_verdict(status, body)
    assert (fault is None) == (outcome is Outcome.SENT)
    assert "\n" not in explanation(body) and len(explanation(body)) <= 201


def test_why_is_found_in_what_services_answer():
    assert explanation('{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}') == (
        "Bad Request: chat not found"
    )
    assert explanation(json.dumps({"errors": ["a", "b"]})) == '["a", "b"]'
    assert explanation("<html><body>Not Found</body></html>") == ""
    assert explanation("no_service") == "no_service"
