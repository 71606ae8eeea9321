"""Practice in the browser and for machines: thin faces of the practice room. `app.make_app` puts them together."""
