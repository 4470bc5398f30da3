package io.zigma.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LogitNormalTimes;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;
import io.zigma.diffusion.UniformTimes;
import io.zigma.train.TinyRuns;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingConfigTest {

    private static final TrainingConfig PLAIN = TrainingConfig.of(TinyModels.UNCONDITIONAL);

    @Test
    void everyConfigurationIsReadBackAsItWasWritten() {
        for (TrainingConfig config :
                List.of(
                        PLAIN,
                        TinyRuns.config(),
                        PLAIN.withOptimization(
                                new Optimization(
                                        Optimization.DEFAULT.schedule(),
                                        Optimization.DEFAULT.adamW(),
                                        Double.POSITIVE_INFINITY,
                                        Optimization.DEFAULT.ema())))) {
            String text = TrainingJson.write(config).toString();
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            assertThat(TrainingJson.read(json, config.model())).isEqualTo(config);
        }
    }

    @Test
    void accumulationIsWrittenWhereThereIsAny() {
        assertThat(TrainingJson.write(PLAIN).has("accumulate")).isFalse(); // as it was before
        TrainingConfig config = PLAIN.withAccumulate(4);
        assertThat(TrainingJson.read(TrainingJson.write(config), config.model())).isEqualTo(config);
    }

    @Test
    void aMissingValueIsNamed() {
        JsonObject json = TrainingJson.write(PLAIN);
        json.remove("batch_size");
        assertThatThrownBy(() -> TrainingJson.read(json, PLAIN.model()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the training lacks the field batch_size");
    }

    @Test
    void aValueOfTheWrongKindIsNamed() {
        JsonObject json = TrainingJson.write(PLAIN);
        json.addProperty("steps", "many");
        assertThatThrownBy(() -> TrainingJson.read(json, PLAIN.model()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the training: steps must be a whole number, not \"many\"");
    }

    @Test
    void differencesAreListedDownToTheValue() {
        TrainingConfig other =
                TinyRuns.config()
                        .withSteps(99)
                        .withObjective(
                                new Objective(
                                        new InterpolantProcess(
                                                InterpolantKind.GVP,
                                                Prediction.VELOCITY,
                                                LossWeight.NONE),
                                        new UniformTimes(),
                                        0.3));
        assertThat(Differences.between(TinyRuns.config(), other))
                .containsExactly(
                        "--interpolant is linear in the run, gvp asked for",
                        "--times is logit-normal, mean 0, deviation 1 in the run, uniform asked for",
                        "--steps is 12 in the run, 99 asked for");
    }

    @Test
    void labelDropoutNeedsANullClass() {
        Objective dropping =
                new Objective(
                        new InterpolantProcess(
                                InterpolantKind.LINEAR, Prediction.VELOCITY, LossWeight.NONE),
                        new UniformTimes(),
                        0.1);
        assertThatThrownBy(() -> PLAIN.withObjective(dropping))
                .hasMessageContaining("label dropout 0.1")
                .hasMessageContaining("null class");
    }

    @Test
    void guidanceNeedsANullClass() {
        assertThatThrownBy(
                        () ->
                                PLAIN.withSampling(
                                        new SamplingDefaults("euler", 5, new GuidanceStrength(2))))
                .hasMessageContaining("guidance scale 2.0")
                .hasMessageContaining("null class");
    }

    @Test
    void aSamplerThatThereIsNotIsRefusedWithAllThatThereAre() {
        assertThatThrownBy(
                        () ->
                                PLAIN.withSampling(
                                        new SamplingDefaults("leapfrog", 5, GuidanceStrength.NONE)))
                .hasMessageContaining("no sampler 'leapfrog'")
                .hasMessageContaining("euler");
    }

    @Test
    void aVelocityLossTakesNoWeight() {
        assertThatThrownBy(
                        () ->
                                new Objective(
                                        new InterpolantProcess(
                                                InterpolantKind.LINEAR,
                                                Prediction.VELOCITY,
                                                LossWeight.LIKELIHOOD),
                                        new UniformTimes(),
                                        0))
                .hasMessageContaining("velocity loss takes no weight");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> PLAIN.withSteps(0)).hasMessageContaining("at least 1 step");
        assertThatThrownBy(() -> PLAIN.withBatchSize(0)).hasMessageContaining("at least 1 image");
        assertThatThrownBy(() -> new Cadence(1, 0, 0, 1, 1)).hasMessageContaining("to keep");
        assertThatThrownBy(() -> new LogitNormalTimes(0, 0)).hasMessageContaining("deviation");
    }
}
