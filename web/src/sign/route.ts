import { createLazyRoute } from '@tanstack/react-router'
import { RulesPage } from './RulesPage'

export const rules = createLazyRoute('/shell/signature-rules')({ component: RulesPage })
