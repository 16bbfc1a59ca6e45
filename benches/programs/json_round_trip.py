"""Writing and reading JSON."""
import json

document = {
    "name": "a \"quoted\" name",
    "items": [{"id": i, "value": i * 0.5, "tags": ["x", "y" * (i % 5)], "on": i % 2 == 0, "none": None} for i in range(200)],
    "nested": [[[[1, 2], [3]], {"deep": {"deeper": [True, False]}}]],
}
size = 0
for _ in range(20):
    text = json.dumps(document)
    again = json.loads(text)
    size += len(again["items"])
print(size, again == document)
