import { createLazyRoute } from '@tanstack/react-router'
import { MaterialPage } from './MaterialPage'

export const material = createLazyRoute('/shell/material')({ component: MaterialPage })
