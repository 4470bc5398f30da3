package io.zigma.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TimeSamplingTest {

    private static final int STEPS = 4;
    private static final Ddpm DDPM =
            new Ddpm(
                    BetaSchedule.of(BetaForm.COSINE, STEPS),
                    DdpmMean.EPSILON,
                    DdpmVariance.FIXED_SMALL,
                    DdpmLoss.MSE,
                    false);

    static Stream<TimeSampling> all() {
        return Stream.of(
                new UniformTimes(),
                new LogitNormalTimes(-0.8, 0.8),
                new LogitNormalTimes(0, 1),
                new LossAwareTimes(3, 0.25));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void whatIsWrittenIsReadAgain(TimeSampling times) throws CheckpointException {
        assertThat(TimeSampling.read(fields(TimeSampling.write(times).toString())))
                .isEqualTo(times);
    }

    @Test
    void runsOfTheFirstVersionAreRead() throws CheckpointException {
        assertThat(
                        TimeSampling.read(
                                fields(
                                        "{\"kind\": \"logit-normal\", \"mean\": 0.5, \"deviation\": 1.0}")))
                .isEqualTo(new LogitNormalTimes(0.5, 1));
        assertThat(TimeSampling.read(fields("{\"kind\": \"uniform\"}")))
                .isEqualTo(new UniformTimes());
        assertThat(TimeSampling.write(new LogitNormalTimes(0, 1)))
                .hasToString("{\"kind\":\"logit-normal\",\"mean\":0.0,\"deviation\":1.0}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\": \"sometimes\"} | sometimes",
                "{\"kind\": \"uniform\", \"mean\": 1} | mean",
                "{\"kind\": \"logit-normal\", \"mean\": 11} | mean must be a number from -10 to 10",
                "{\"kind\": \"logit-normal\", \"mean\": [1]} | mean must be a number",
                "{\"kind\": \"loss-aware\", \"history\": 0} | history must be a whole number"
            })
    void whatCannotBeMeantIsRefusedByName(String json, String message) {
        assertThatThrownBy(() -> TimeSampling.read(fields(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    @Test
    void peopleReadNameAndSettings() {
        assertThat(all().map(TimeSampling::toString))
                .containsExactly(
                        "uniform",
                        "logit-normal, mean -0.8, deviation 0.8",
                        "logit-normal, mean 0, deviation 1",
                        "loss-aware, history 3, uniform 0.25");
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogitNormalTimes(0, 0))
                .withMessageContaining("deviation from 0.01 to 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossAwareTimes(0, 0.1))
                .withMessageContaining("history from 1 to 1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogitNormalTimes.KIND.create(Map.of("man", "1")))
                .withMessageContaining("logit-normal times has no option 'man'")
                .withMessageContaining("did you mean 'mean'");
    }

    /** The weights make up for the probabilities: E[w f(t)] is the mean of f over all steps. */
    @Test
    void weightedLossesHaveTheMeanOfUniformTimes() {
        TimeSampler sampler = new LossAwareTimes(1, 0.01).over(DDPM);
        double[] losses = {8, 1, 0.5, 2};
        sampler.observe(new double[] {0, 1, 2, 3}, losses);
        Random random = new Random(5);
        int count = 200_000;
        double mean = 0;
        int[] often = new int[STEPS];
        for (int i = 0; i < count; i++) {
            TimeSampler.Sample sample = sampler.sample(random.nextDouble(), 0);
            often[(int) sample.t()]++;
            mean += sample.weight() * losses[(int) sample.t()] / count;
        }
        assertThat(mean).isCloseTo((8 + 1 + 0.5 + 2) / STEPS, within(0.01));
        assertThat((double) often[0] / often[1]).isCloseTo(8, within(0.5));
    }

    @Test
    void onlyLossAwareTimesLearn() {
        assertThat(all().map(times -> times.over(DDPM).learns()))
                .containsExactly(false, false, false, true);
    }

    private static Fields fields(String json) {
        JsonObject object = JsonParser.parseString(json).getAsJsonObject();
        return Fields.of("times", object);
    }
}
