"""Definitions & data health: what every figure means, and whether the data can be trusted."""

import streamlit as st

from dashboard.components.data_health import show_data_health
from dashboard.components.definitions import show_definitions
from dashboard.components.shared.page import guarded

st.title("Definitions & data health")
definitions, health = st.tabs(["Definitions", "Data health"])
with definitions, guarded():
    show_definitions()
with health, guarded():
    show_data_health()
