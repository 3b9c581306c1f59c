"""The Streamlit pieces: everything that draws on a page or serves one."""
