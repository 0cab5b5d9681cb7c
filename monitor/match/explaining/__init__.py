"""Why a rule matched an article, or how near it came."""
