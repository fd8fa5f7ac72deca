"""One route that is served without a framework's way to it: for a request of tenths of a millisecond that way, its middleware
and its copies are most of the cost. What the framework would promise is kept: a failure ends in a problem document, another
method in 405.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope

from opsloom.infra.problems import Denial, refusal


class BriefRoute:
    """A plain route `<prefix>{path:path}`. `app` is what the endpoint sees as `request.app`."""

    def __init__(self, route: Route, app: Starlette, on_denied: Denial) -> None:
        self.template = route.path_format
        self._prefix = len(route.path.partition("{")[0])
        self._route = route
        self._app = app
        self._methods = frozenset(route.methods or ())
        self._on_denied = on_denied

    async def respond(self, scope: Scope, receive: Receive) -> Response:
        """The answer; it is still to be sent."""
        scope["app"] = self._app
        scope["route"] = self._route
        scope["path_params"] = {"path": scope["path"][self._prefix :]}
        request = Request(scope, receive)
        try:
            if scope["method"] not in self._methods:
                raise HTTPException(405, headers={"Allow": ", ".join(sorted(self._methods))})
            response: Response = await self._route.endpoint(request)
        except Exception as error:  # noqa: BLE001  # boundary: `refusal` logs and counts it, and the caller gets a clear answer
            return await refusal(request, error, self._on_denied)
        return response
