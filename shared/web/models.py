"""The base of every JSON body: camelCase on the wire, snake_case in the code."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """A JSON request or answer; a field that the API does not know is a fault, so that typing errors show."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", from_attributes=True)
