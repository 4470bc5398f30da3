package io.zigma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that tasks of a barrier stage add up. */
class ExchangeOnSparkTest {

    @ParameterizedTest
    @CsvSource({"1, 5, false", "2, 7, false", "3, 2, false", "4, 1000, false", "2, 100, true"})
    void everyTaskHasTheSameSumsInTheOrderOfTheTasks(
            int machines, int numbers, boolean authenticated) throws IOException {
        try (SparkSession spark =
                SparkSession.builder()
                        .master("local[4]")
                        .config("spark.ui.enabled", "false")
                        .config("spark.driver.host", "127.0.0.1")
                        .config("spark.authenticate", authenticated)
                        .config("spark.authenticate.secret", "for this test")
                        .config("spark.network.crypto.enabled", authenticated)
                        .getOrCreate()) {
            List<float[]> sums =
                    BarrierStage.run(
                            spark,
                            machines,
                            float[].class,
                            task -> {
                                try (MachineExchange exchange = new MachineExchange(task)) {
                                    float[] last = new float[0];
                                    for (int round = 0; round < 3; round++) {
                                        float[] values = values(exchange.part(), numbers);
                                        double[] figures = {exchange.part() + 1, round};
                                        exchange.sum(values, figures);
                                        int all = exchange.parts();
                                        if (figures[0] != all * (all + 1) / 2.0
                                                || figures[1] != round * all) {
                                            throw new IllegalStateException(
                                                    Arrays.toString(figures));
                                        }
                                        last = values;
                                    }
                                    exchange.finish();
                                    return last;
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            float[] expected = values(0, numbers);
            for (int other = 1; other < machines; other++) {
                float[] more = values(other, numbers);
                for (int i = 0; i < numbers; i++) {
                    expected[i] += more[i]; // of sizes that round
                }
            }
            assertThat(sums).hasSize(machines).allMatch(sum -> Arrays.equals(sum, expected));
        }
    }

    private static float[] values(int part, int numbers) {
        float[] values = new float[numbers];
        for (int i = 0; i < numbers; i++) {
            values[i] = (float) (Math.sin(i + 1) * Math.pow(10, part * 3));
        }
        return values;
    }

    @Test
    void theTimeAndTheBytesAreSaid() {
        Runs.Result result =
                Runs.spark(
                        "exchange",
                        "--master",
                        "local[2]",
                        "--machines",
                        "2",
                        "--parameters",
                        "1000",
                        "--rounds",
                        "3");

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.DONE);
        // half of 1,000 numbers to add up with two figures, half of the sums, two headers
        assertThat(result.out())
                .contains("2 machines add up 1000 numbers in")
                .contains("each receives 4048 bytes a round");
    }
}
