"""Every type that crosses a stage, a file by noun: frozen, extra fields forbidden, no computing beyond a property.

Compound -> Article, Label -> Evidence -> Study, Grade -> Claim, Section, Profile -> Finding
"""
