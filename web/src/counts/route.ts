import { createLazyRoute } from '@tanstack/react-router'
import { CountsPage } from './CountsPage'

export const counts = createLazyRoute('/shell/counts')({ component: CountsPage })
