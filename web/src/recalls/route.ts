import { createLazyRoute } from '@tanstack/react-router'
import { RecallPage } from './RecallPage'
import { RecallsPage } from './RecallsPage'

export const recalls = createLazyRoute('/shell/recalls')({ component: RecallsPage })
export const recall = createLazyRoute('/shell/recalls/$id')({ component: RecallPage })
