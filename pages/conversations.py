import streamlit as st

st.write("conversations")
