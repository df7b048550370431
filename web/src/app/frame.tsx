import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'
import { Shell } from '../shell/Shell'
import { NotFound } from './NotFound'

export const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

/** The frame of desk screens has no part in the address. */
export const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
