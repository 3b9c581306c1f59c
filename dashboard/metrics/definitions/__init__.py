"""Every metric, a file for each part of the glossary. How to add one stands in CONTRIBUTING.md."""
