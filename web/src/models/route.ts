import { createLazyRoute } from '@tanstack/react-router'
import { ModelsPage } from './ModelsPage'

export const models = createLazyRoute('/shell/models')({ component: ModelsPage })
