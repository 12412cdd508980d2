"""The work of a reviewer: decisions written to `review.yaml`, from the command line and from a local page."""
