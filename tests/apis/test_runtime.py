"""The life of an API over HTTP: made, checked, published, called, limited, logged, rolled back."""

from apis.conftest import Builder, fill

CPU = "select time, value from data.metrics where metric = 'cpu.usage' and item = :host order by time desc limit :n"
PARAMETERS = [
    {"name": "host", "type": "string", "required": True},
    {"name": "n", "type": "integer", "default": 10, "minimum": 1, "maximum": 100},
]


async def test_an_api_answers_with_the_tenants_rows(builder: Builder) -> None:
    await fill(builder.core, builder.tenant, "web-1", [10.0, 20.0, 30.0])
    await builder.publish("hosts/cpu", CPU, parameters=PARAMETERS)
    answer = await builder.call("hosts/cpu", host="web-1", n=2)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["value"] for row in body["items"]] == [30, 20]
    assert body["row_count"] == 2
    assert body["truncated"] is False
