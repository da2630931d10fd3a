"""What answers prompts: servers, and libraries in this process or a cluster."""
