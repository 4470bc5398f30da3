package io.zigma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Tf32Test {

    @Test
    void theSwitchIsReachedAfterTheEngineHasStarted() {
        EngineStart.engine();
        boolean before = Tf32.isAllowed();
        try {
            Tf32.allow(true);
            assertThat(Tf32.isAllowed()).isTrue();
            Tf32.allow(false);
            assertThat(Tf32.isAllowed()).isFalse();
        } finally {
            Tf32.allow(before);
        }
    }
}
