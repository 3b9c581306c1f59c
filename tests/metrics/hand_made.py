"""A support warehouse small enough to count by hand. `expected.py` holds what it must measure.

Moments are days and hours after Monday 2 March 2026, 00:00 UTC. The window is [0 00:00, 7 00:00),
asked at 8 12:00. An empty cell is null. The last column says what the row is there for.
"""

# ruff: noqa: E501  a table is read across
from typing import Any

from tests.conftest import Warehouse, conversation, message, span
from tests.metrics.story import on, window

WEEK = window("0 00:00", "7 00:00", as_of="8 12:00")

_CONVERSATIONS = """
id |acct|start   |first AI|handoff   |reason          |queue|human   |end       |closing  |stars|rated   |topic  |what for
c00|a12 |-1 23:50|-1 23:51|0 00:00   |policy          |tier2|0 00:10 |0 01:00   |silent   |3    |0 00:00 |billing|starts before the window; handoff and rating exactly at its start
c01|a1  |0 00:00 |0 00:01 |          |                |     |        |0 00:10   |confirmed|5    |0 00:20 |billing|starts exactly at the window's start; c02 is 24 h after its end
c02|a1  |1 00:10 |1 00:11 |          |                |     |        |1 01:00   |silent   |     |        |billing|c03 is 59 h after its end
c03|a1  |3 12:00 |3 12:01 |3 12:10   |tool_failure    |tier2|3 12:40 |3 13:00   |silent   |2    |3 14:00 |billing|escalated, though it ends in silence
c04|a2  |2 10:00 |2 10:01 |          |                |     |        |2 10:30   |negative |1    |        |billing|abandoned; its rating has no time of its own
c05|a2  |2 11:00 |        |          |                |     |        |2 11:20   |silent   |     |        |       |abandoned: nobody answered; not involved
c06|a3  |4 09:00 |        |4 09:00:30|customer_request|     |4 09:05:30|4 10:00 |confirmed|4    |4 10:00 |       |a handoff without an AI answer
c07|a3  |5 08:00 |        |          |                |     |5 08:20 |5 09:00   |confirmed|5    |        |       |a human reply without a handoff
c08|a4  |6 23:00 |6 23:05 |          |                |     |        |7 13:00   |confirmed|     |        |setup  |ends 23 h before the asking
c09|a5  |5 20:00 |5 20:01 |          |                |     |        |5 21:00   |silent   |     |        |setup  |c10 is 30 h after its end
c10|a5  |7 03:00 |7 03:01 |          |                |     |        |          |         |     |        |setup  |after the window
c11|a6  |6 12:00 |6 12:01 |6 12:30   |knowledge_gap   |tier1|8 13:00 |          |         |3    |8 00:00 |setup  |waits for a human; rated while open
c12|a6  |6 13:00 |6 13:01 |          |                |     |        |9 00:00   |confirmed|3    |9 00:00 |setup  |pending, rated later
c13|a7  |1 09:00 |1 09:01 |1 09:05   |policy          |tier1|        |          |         |1    |1 10:00 |       |EXCLUDED
c14|a13 |7 00:00 |7 00:00 |7 00:00   |policy          |tier1|        |          |         |5    |7 00:00 |       |everything exactly at the window's end
c15|a8  |4 15:00 |4 15:01 |          |                |     |        |8 12:00   |         |4    |8 12:00 |setup  |ends and is rated exactly at the asking; no closing signal
c16|a8  |4 16:00 |4 16:01 |          |                |     |        |8 12:00:01|confirmed|1    |        |setup  |ends one second after the asking
c17|a9  |3 00:00 |3 00:00 |3 00:01   |unclassified    |     |3 00:02 |3 00:03   |         |     |        |       |PLACED times
c18|a9  |5 10:00 |5 10:01 |5 10:10   |low_confidence  |tier1|        |5 10:50   |silent   |     |        |       |ends while waiting
c19|a10 |6 09:00 |6 09:01 |8 12:00:01|policy          |tier1|        |6 09:30   |silent   |     |        |setup  |handoff one second after the asking; c20 is 30 min after its end
c20|a10 |6 10:00 |6 10:00 |6 10:00   |policy          |tier2|6 10:40 |6 11:00   |confirmed|     |        |setup  |waits as long as c18, and is answered
c21|a7  |7 00:00 |        |          |                |     |        |          |         |     |        |       |EXCLUDED
c22|a11 |4 00:00 |4 00:01 |          |                |     |        |4 01:00   |confirmed|     |        |setup  |only an excluded conversation follows
c23|a11 |4 05:00 |        |          |                |     |        |          |         |     |        |       |EXCLUDED
"""

_SPANS = """
id |acct|conv|origin    |system     |name          |request|start       |ms       |error   |parent|what for
s01|a1  |c01 |agent     |billing-api|get_invoice   |1      |0 00:00     |100      |        |      |starts exactly at the window's start
s02|a1  |c02 |agent     |billing-api|get_invoice   |1      |1 00:12     |200      |timeout |      |recovered by s03
s03|a1  |c02 |agent     |billing-api|get_invoice   |1      |1 00:13     |300      |        |      |
s04|a1  |c03 |agent     |billing-api|get_invoice   |2      |3 12:02     |         |timeout |      |not recovered by s05: another request
s05|a1  |c03 |agent     |billing-api|get_invoice   |3      |3 12:03     |400      |        |      |
s06|a2  |c04 |agent     |billing-api|refund        |4      |2 10:05     |500      |declined|      |SILENT: the AI goes on; s08 comes too late
s07|a2  |c04 |agent     |gateway    |post_refund   |4      |2 10:05     |450      |http_502|s06   |the same failure one level down
s08|a2  |c04 |agent     |billing-api|refund        |4      |8 11:59:59.5|1000     |        |      |ends half a second after the asking
s09|a1  |c01 |customer  |device     |reboot        |       |0 00:05     |50       |no_power|      |the customer's own device
s10|a7  |c13 |agent     |billing-api|get_invoice   |1      |1 09:02     |100      |timeout |      |in an excluded conversation
s11|a4  |    |background|usage-feed |sync_usage    |       |6 10:00     |60000    |http_503|      |SILENT for c08, 13 h later
s12|a5  |    |background|usage-feed |sync_usage    |       |5 18:00     |60000    |http_503|      |recovered by s13 before c09 starts
s13|a5  |    |background|usage-feed |sync_usage    |       |5 19:00     |60000    |        |      |
s14|a6  |    |background|crm-sync   |nightly_export|       |6 11:00     |60000    |http_503|      |named by c11's message, touched by s15 in c12
s15|a6  |c12 |agent     |crm-sync   |get_contact   |       |6 13:05     |         |        |      |
s16|a10 |    |background|usage-feed |sync_usage    |       |5 08:00     |60000    |http_503|      |25 h before c19
s17|a11 |    |background|usage-feed |sync_usage    |       |3 23:00     |60000    |http_503|      |SILENT for c22; recovered by s18 after c22 starts
s18|a11 |    |background|usage-feed |sync_usage    |       |4 00:30     |60000    |        |      |
s19|a9  |    |background|usage-feed |sync_usage    |       |2 00:00     |60000    |http_503|      |exactly 24 h before c17
s20|a2  |    |background|usage-feed |sync_usage    |       |2 09:59:30  |60000    |http_503|      |ends after c04 starts; the AI takes no part in c05
s21|a9  |c18 |agent     |billing-api|get_invoice   |7      |5 10:05     |700      |timeout |      |the AI goes on, and hands off
s22|a10 |c19 |agent     |billing-api|get_invoice   |8      |6 09:10     |800      |timeout |      |the AI writes nothing to the customer afterwards
s24|a8  |    |background|usage-feed |sync_usage    |       |6 23:59:59  |129601000|        |      |ends exactly at the asking
s25|a8  |    |background|usage-feed |sync_usage    |       |6 23:59:59  |129601001|        |      |ends one millisecond later
s26|a4  |c08 |agent     |billing-api|get_invoice   |9      |7 00:00     |100      |        |      |starts exactly at the window's end
s27|a11 |    |background|usage-feed |sync_usage    |       |6 20:00     |61000    |http_503|      |AT RISK: c22 was resolved this week
s28|a5  |    |background|usage-feed |sync_usage    |       |6 21:00     |60000    |http_503|      |recovered by s29
s29|a5  |    |background|usage-feed |sync_usage    |       |6 22:00     |62000    |        |      |
s30|a2  |    |background|usage-feed |sync_usage    |       |6 22:00     |64000    |http_503|      |its account has abandoned episodes only
s31|a8  |c15 |customer  |device     |reboot        |       |6 20:00     |50       |no_power|      |the customer's own device
s32|a8  |c16 |agent     |billing-api|get_invoice   |5      |6 00:00     |900      |timeout |      |exactly 24 h before the window's end
"""

_MESSAGES = """
conv|acct|position|sent   |author     |internal|body
c02 |a1  |1       |1 00:14|ai_agent   |        |The invoice is in your inbox.
c03 |a1  |1       |3 12:05|ai_agent   |        |Let me look again.
c04 |a2  |1       |2 10:06|ai_agent   |        |Your refund is on its way.
c08 |a4  |1       |6 23:00|customer   |        |Our usage looks wrong. Does the feed work?
c08 |a4  |2       |6 23:05|ai_agent   |        |All settings are right.
c11 |a6  |1       |6 12:00|customer   |        |Our CRM sync shows nothing new.
c18 |a9  |1       |5 10:06|ai_agent   |        |I cannot find it.
c19 |a10 |1       |6 09:05|ai_agent   |        |One moment.
c19 |a10 |2       |6 09:12|customer   |        |Hello?
c19 |a10 |3       |6 09:15|ai_agent   |yes     |The customer may have left.
c22 |a11 |1       |4 00:01|ai_agent   |        |All is well.
"""

_PLANS = {"a1": "team", "a2": "team", "a3": "solo", "a4": None, "a5": "solo", "a6": "team"}


def _table(text: str) -> list[dict[str, str | None]]:
    header, *lines = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()
    ]
    return [{name: cell or None for name, cell in zip(header, line, strict=True)} for line in lines]


def _conversation(row: dict[str, Any]) -> dict[str, Any]:
    times = {
        "first_ai_reply_at": "first AI",
        "handoff_at": "handoff",
        "first_human_reply_at": "human",
        "ended_at": "end",
        "rated_at": "rated",
    }
    return conversation(
        row["id"][1:],
        on(row["start"]),
        account_id=row["acct"],
        topic=row["topic"],
        handoff_reason=row["reason"],
        handoff_queue=row["queue"],
        closing_signal=row["closing"],
        rating=row["stars"] and int(row["stars"]),
        is_excluded=row["what for"] == "EXCLUDED",
        times_placed=row["what for"] == "PLACED times",
        **{column: row[cell] and on(row[cell]) for column, cell in times.items()},
    )


def _span(row: dict[str, Any]) -> dict[str, Any]:
    return span(
        row["id"][1:],
        on(row["start"]),
        account_id=row["acct"],
        conversation_id=row["conv"],
        origin=row["origin"],
        system=row["system"],
        name=row["name"],
        request=row["request"] and {"id": row["request"]},
        duration_ms=row["ms"] and float(row["ms"]),
        error_type=row["error"],
        parent_span_id=row["parent"],
    )


def _message(row: dict[str, Any]) -> dict[str, Any]:
    said = message(row["conv"], int(row["position"]), on(row["sent"]), row["author"], row["body"])
    return {**said, "account_id": row["acct"], "is_internal": row["internal"] == "yes"}


def fill(warehouse: Warehouse) -> None:
    """Load the tables above."""
    plans = [{"account_id": key, "name": key, "plan": plan} for key, plan in _PLANS.items()]
    warehouse.add("accounts", plans)
    warehouse.add("conversations", map(_conversation, _table(_CONVERSATIONS)))
    warehouse.add("spans", map(_span, _table(_SPANS)))
    warehouse.add("messages", map(_message, _table(_MESSAGES)))
