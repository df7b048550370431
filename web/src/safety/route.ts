import { createLazyRoute } from '@tanstack/react-router'
import { SafetyPage } from './SafetyPage'

export const safety = createLazyRoute('/shell/safety')({ component: SafetyPage })
