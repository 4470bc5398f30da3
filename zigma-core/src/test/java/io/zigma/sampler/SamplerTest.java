package io.zigma.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SamplerTest {

    @Test
    void everySamplerCanBeNamed() {
        for (String name : Sampler.names()) {
            assertThat(Sampler.parse(name, 20).steps()).isEqualTo(20);
        }
        assertThat(Sampler.parse("Heun", 10)).isEqualTo(new OdeSampler(OdeMethod.HEUN, 10));
        assertThat(Sampler.parse("sde-euler", 10)).isEqualTo(new SdeSampler(SdeMethod.EULER, 10));
    }

    @Test
    void aWrongNameIsAnsweredWithTheRightOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.parse("ddim", 20))
                .withMessage(
                        "there is no sampler 'ddim'; choose one of euler, ab2, heun, midpoint,"
                                + " heun3, rk4, dopri5, sde-euler, sde-heun");
    }

    @Test
    void onlyTheAdaptiveMethodCouplesTheSamplesOfABatch() {
        assertThat(Sampler.names().stream().filter(name -> Sampler.parse(name, 2).adaptive()))
                .containsExactly("dopri5");
    }
}
