"""Documents to read: one that has a bit of everything, and ways to break it."""

from typing import Any

PETS_YAML = """
openapi: 3.0.3
info: {title: Pets, version: "1.2"}
servers: [{url: https://pets.example/base}]
paths:
  /pets:
    parameters:
      - {name: X-Trace, in: header, schema: {type: string}}
    get:
      operationId: listPets
      summary: List pets
      tags: [pets]
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50, default: 10}}
        - {name: "tag[]", in: query, schema: {type: array, items: {type: string}}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: kind, in: query, schema: {type: string, enum: [cat, dog]}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}
    post:
      operationId: addPet
      requestBody: {$ref: "#/components/requestBodies/Pet"}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /pets/{petId}/photo.{format}:
    get:
      operationId: photo
      parameters:
        - {name: petId, in: path, required: true, schema: {type: string, format: uuid}}
        - {name: format, in: path, required: true, schema: {type: string}}
      responses: {"200": {description: ok}}
  /pets/{petId}:
    parameters: [{$ref: "#/components/parameters/petId"}]
    delete:
      operationId: deletePet
      responses: {"204": {description: gone}}
    put:
      operationId: replaceAll
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}
      responses: {"200": {description: ok}}
  /upload:
    post:
      operationId: upload
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {"200": {description: ok}}
components:
  parameters:
    petId: {name: petId, in: path, required: true, schema: {type: integer}}
  requestBodies:
    Pet: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewPet"}}}}
  schemas:
    NewPet:
      allOf:
        - {$ref: "#/components/schemas/Named"}
        - type: object
          required: [kind]
          properties:
            id: {type: integer, readOnly: true}
            kind: {type: string, enum: [cat, dog]}
            weight: {type: number, minimum: 0, exclusiveMinimum: true, nullable: true}
            parent: {$ref: "#/components/schemas/Pet"}
            secret: {type: string, format: password}
    Named: {type: object, required: [name], properties: {name: {type: string, maxLength: 20, pattern: "^(?=a)b"}}}
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        name: {type: string, nullable: true}
        parent: {$ref: "#/components/schemas/Pet"}
        friends: {type: array, items: {$ref: "#/components/schemas/Pet"}}
"""


def minimal(**operation: Any) -> dict[str, Any]:
    """A document with one operation, `GET /x`, called `x`."""
    told = {"operationId": "x", "responses": {"200": {"description": "ok"}}} | operation
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"get": told}}}
