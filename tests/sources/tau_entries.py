"""Hand-made entries, records and files of both benchmarks."""

from typing import Any


def said(role, text, **known):
    return {"role": role, "content": text, **known}


def calls(*names, role="assistant", ids=None, **arguments):
    """An entry of tau2-bench that calls tools."""
    return {
        "role": role,
        "content": None,
        "tool_calls": [
            {
                "id": ids[k] if ids else f"c{k}",
                "name": name,
                "arguments": arguments,
                "requestor": role,
            }
            for k, name in enumerate(names)
        ],
    }


def answers(text, call_id="c0", side="assistant", **known):
    return {"role": "tool", "id": call_id, "content": text, "requestor": side, **known}


def function_call(name, arguments, call_id="call_1"):
    """An entry of tau-bench that calls a tool."""
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function}],
    }


def function_answer(name, text, call_id="call_1"):
    return {"role": "tool", "tool_call_id": call_id, "name": name, "content": text}


HELLO = said("assistant", "Hi! How can I help you today?")
ASK = said("user", "My phone is dead.")
REPLY = said("assistant", "Could you tell me your phone number?")


def tau1(*entries: dict, task_id: int = 0, trial: int = 0, **known: Any) -> dict:
    """A record of tau-bench."""
    system = {"role": "system", "content": "# Airline Agent Policy\n\nBe brief."}
    return {
        "task_id": task_id,
        "trial": trial,
        "reward": 1.0,
        "info": {"task": {"user_id": "mia_li_3668", "actions": [], "instruction": "You are Mia."}},
        "traj": [system, *entries],
        **known,
    }


def tau2(*entries: dict, number: int = 1, **known: Any) -> dict:
    """One simulation that starts at noon plus `number` minutes; entry k is k seconds later."""
    minute = f"2025-08-01T12:{number:02d}"
    timed = [{"timestamp": f"{minute}:{k:02d}", **entry} for k, entry in enumerate(entries)]
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "task_id": "7",
        "trial": 0,
        "timestamp": f"{minute}:59",
        "start_time": f"{minute}:00",
        "end_time": f"{minute}:58",
        "reward_info": {"reward": 0.0, "reward_breakdown": {"DB": 0.0, "COMMUNICATE": 1.0}},
        "messages": timed,
        **known,
    }


def run(*simulations: object, **info: Any) -> dict:
    """A file of tau2-bench."""
    return {
        "timestamp": "2025-08-01T12:00:00",
        "info": {
            "agent_info": {"llm": "gpt-4.1", "llm_args": {"temperature": 0.0}},
            "environment_info": {"domain_name": "telecom", "policy": "# Telecom Agent Policy"},
            **info,
        },
        "tasks": [],
        "simulations": list(simulations),
    }
