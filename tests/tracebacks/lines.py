def many(x):
    values = [
        1,
        2,
        3,
        max(
            1,
            x["key"]["missing"].attribute + 5,
        ),
    ]
    return values


many(
    {"key": {}},
)
