import streamlit as st

st.write("definitions")
