import { createLazyRoute } from '@tanstack/react-router'
import { OeePage } from './OeePage'

export const oee = createLazyRoute('/shell/oee')({ component: OeePage })
