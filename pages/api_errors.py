"""API errors: what fails underneath, grouped, with its consequences; one group; one trace."""

from dashboard.components.api_errors import show_api_errors
from dashboard.components.shared.page import guarded

with guarded():
    show_api_errors()
