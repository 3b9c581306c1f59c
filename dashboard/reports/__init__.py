"""What each page shows, as data: a scope in, frames and plain values out. No drawing here."""
