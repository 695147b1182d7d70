"""What is reported elsewhere: metrics, webhooks, the summary of a GitHub step."""
