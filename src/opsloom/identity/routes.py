"""Every route of identity, for the composition root to mount."""

from fastapi import APIRouter

from opsloom.identity import routes_audit, routes_people, routes_sign_in

router = APIRouter()
router.include_router(routes_sign_in.router)
router.include_router(routes_people.router)
router.include_router(routes_audit.router)
