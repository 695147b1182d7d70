"""The page of the sandbox: what arrived, and which faults are on."""
