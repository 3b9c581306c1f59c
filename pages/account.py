"""Account: everything about one customer, and where to find it in the other systems."""

from dashboard.components.account import show_account
from dashboard.components.shared.page import guarded

with guarded():
    show_account()
