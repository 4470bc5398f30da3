package io.zigma.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that wait are sampled at once where that changes no byte. */
class BatchedJobsTest {

    private static final List<String> JOBS =
            List.of(
                    "{'class': 'sneaker', 'seed': 7, 'steps': 2}",
                    "{'class': 'bag', 'seed': 3, 'count': 3, 'steps': 2}",
                    "{'class': 'sneaker', 'seed': 7, 'steps': 2}",
                    "{'class': 'dress', 'seed': 123456789, 'count': 2, 'steps': 2}");

    private static List<List<byte[]>> pictures(ServerOfTest server, List<String> ids)
            throws Exception {
        List<List<byte[]>> pictures = new ArrayList<>();
        for (String id : ids) {
            server.events(id);
            List<byte[]> own = new ArrayList<>();
            int count = server.job(id).getAsJsonArray("images").size();
            for (int i = 0; i < count; i++) {
                own.add(server.image(id, i));
            }
            pictures.add(own);
        }
        return pictures;
    }

    @Test
    void jobsThatWaitTogetherGiveThePicturesThatEachGivesAlone() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            List<List<byte[]>> alone = new ArrayList<>();
            for (String job : JOBS) {
                alone.addAll(pictures(server, List.of(server.submit(job))));
            }
            String blocker = server.block();
            long before = server.server().queue().statistics().passes();
            List<String> ids = new ArrayList<>();
            for (String job : JOBS) {
                ids.add(server.submit(job));
            }
            server.cancel(blocker);

            List<List<byte[]>> together = pictures(server, ids);

            for (int job = 0; job < JOBS.size(); job++) {
                assertThat(together.get(job)).as("job %s", job).hasSameSizeAs(alone.get(job));
                for (int i = 0; i < alone.get(job).size(); i++) {
                    assertThat(together.get(job).get(i))
                            .as("job %s, picture %s", job, i)
                            .isEqualTo(alone.get(job).get(i));
                }
            }
            server.close(); // the worker has counted its last pass then
            // the blocker's own and one for all of them
            assertThat(server.server().queue().statistics().passes() - before).isEqualTo(2);
        }
    }

    @Test
    void aJobThatIsCancelledLeavesItsNeighboursTheirPictures() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            String alone = server.submit("{'class': 'bag', 'seed': 3, 'steps': 30}");
            byte[] wanted = pictures(server, List.of(alone)).get(0).get(0);
            String blocker = server.block();
            String unwanted = server.submit("{'class': 'dress', 'seed': 9, 'steps': 30}");
            String neighbour = server.submit("{'class': 'bag', 'seed': 3, 'steps': 30}");
            server.cancel(blocker);
            while (server.job(unwanted).get("done").getAsInt() == 0) {
                Thread.sleep(2);
            }
            server.cancel(unwanted);

            assertThat(pictures(server, List.of(neighbour)).get(0).get(0)).isEqualTo(wanted);
        }
    }
}
