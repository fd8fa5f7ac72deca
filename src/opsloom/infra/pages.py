"""The web app's built files. Unknown paths under the app get its start page; unknown files do not."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).resolve().parents[3] / "web" / "dist"
_NOT_PAGES = ("api/", "runtime/", "public/", "ingest/", "mcp", "docs/", "files/")


class WebApp(StaticFiles):
    """Serves `web/dist`; hashed files for a year, the start page never from a cache."""

    def __init__(self, folder: Path = WEB) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder
        self.config_checked = True  # a checkout whose web app was not built yet answers 404, it does not fail

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not self._folder.is_dir():
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith(_NOT_PAGES) or "." in path.rsplit("/", 1)[-1]:
                raise
            start_page = self._folder / "index.html"
            if not start_page.exists():
                raise
            response = FileResponse(start_page)
        if path.startswith("files/"):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["cache-control"] = "no-cache"
        return response
