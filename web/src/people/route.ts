import { createLazyRoute } from '@tanstack/react-router'
import { PeoplePage } from './PeoplePage'

export const people = createLazyRoute('/shell/people')({ component: PeoplePage })
