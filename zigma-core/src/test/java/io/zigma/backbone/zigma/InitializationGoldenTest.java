package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("golden")
class InitializationGoldenTest {

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("init_stats");
    }

    @TestFactory
    Stream<DynamicTest> weightsAreSpreadAsTheOfficialOnes() {
        return fixtures()
                .flatMap(
                        fixture ->
                                StreamSupport.stream(
                                        fixture.json().getAsJsonArray("models").spliterator(),
                                        false))
                .map(JsonElement::getAsJsonObject)
                .map(
                        model ->
                                DynamicTest.dynamicTest(
                                        model.get("constructor").toString(), () -> compare(model)));
    }

    private static void compare(JsonObject official) {
        ZigMa model =
                new ZigMa(OfficialConstructor.config(official.getAsJsonObject("constructor")), 3);
        JsonObject stats = official.getAsJsonObject("stats");
        try (NDManager manager = NDManager.newBaseManager()) {
            model.initialize(manager);
            assertThat(model.namedParameters().keySet())
                    .containsExactlyInAnyOrderElementsOf(stats.keySet());
            model.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    compare(
                                            name,
                                            parameter.getArray().toFloatArray(),
                                            stats.getAsJsonObject(name)));
        }
    }

    private static void compare(String name, float[] values, JsonObject expected) {
        double mean = 0;
        for (float value : values) {
            mean += value / values.length;
        }
        double variance = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (float value : values) {
            variance += (value - mean) * (value - mean) / values.length;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        double deviation = expected.get("std").getAsDouble();
        if (deviation == 0) {
            assertThat(min).as(name + " min").isEqualTo(expected.get("min").getAsDouble());
            assertThat(max).as(name + " max").isEqualTo(expected.get("max").getAsDouble());
            return;
        }
        // five standard errors of a mean and of a deviation, for a sample of this size on either
        // side
        double error = 5 * Math.sqrt(2.0 / values.length) * deviation;
        assertThat(mean)
                .as(name + " mean")
                .isCloseTo(expected.get("mean").getAsDouble(), within(error));
        assertThat(Math.sqrt(variance)).as(name + " std").isCloseTo(deviation, within(error));
        double range = expected.get("max").getAsDouble() - expected.get("min").getAsDouble();
        assertThat(max - min).as(name + " range").isBetween(0.5 * range, 2 * range);
    }
}
