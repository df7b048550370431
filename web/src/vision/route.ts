import { createLazyRoute } from '@tanstack/react-router'
import { VisionPage } from './VisionPage'

export const vision = createLazyRoute('/shell/vision')({ component: VisionPage })
