// node tools/ci/src/integration.ts: builds the images and runs the journeys against them, in containers, in a network
// that leads nowhere else. Ends with 0 when all of them passed; what it started is gone afterwards, whatever happened.
import { withProject } from './containers/project.ts'
import { command } from './deploy/failure.ts'

await command(() =>
  withProject(
    {
      // Two runs on one machine do not meet.
      name: `lightpress-integration-${process.pid}`,
      files: ['docker-compose.yml', 'docker-compose.integration.yml'],
      // Nothing has a port on this machine; whatever is set for the product that runs there does not hold here.
      env: { PORT: '3000' },
    },
    async ({ up, compose }) => {
      await compose('build')
      await up()
      // The product is up: one-off containers that end would end this, too.
      await compose('up', '--no-deps', '--exit-code-from', 'journeys', 'journeys')
    },
  ),
)
