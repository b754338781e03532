"""The worker that shows hostile pages in a browser: run as `python -m crawler.rendering`."""
