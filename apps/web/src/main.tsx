import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { watchConnection } from './ui/connection.ts'
import { watchTheme } from './ui/theme.ts'
import './ui/base.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
watchTheme()
watchConnection()
render(() => <App />, root)
