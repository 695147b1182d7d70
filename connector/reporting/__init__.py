"""Tells people and their monitoring what happened: reports, alerts, metrics, exports."""
