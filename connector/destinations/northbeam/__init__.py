"""Northbeam Orders API v2."""
