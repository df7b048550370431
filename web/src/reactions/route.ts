import { createLazyRoute } from '@tanstack/react-router'
import { ReactionsPage } from './ReactionsPage'

export const reactions = createLazyRoute('/shell/reactions')({ component: ReactionsPage })
