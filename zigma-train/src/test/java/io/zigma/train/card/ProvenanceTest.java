package io.zigma.train.card;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProvenanceTest {

    private static Provenance licensed(String licence) {
        return new Provenance("train", "", licence);
    }

    @Test
    void aModelHasTheLicencesOfWhatItStartedFrom() {
        assertThat(licensed("CC0").startedFrom(licensed("MIT")).dataLicence())
                .isEqualTo("CC0\n\n# The data of the model that it started from\n\nMIT");
        assertThat(licensed("").startedFrom(licensed("MIT")).dataLicence())
                .isEqualTo("# The data of the model that it started from\n\nMIT");
        assertThat(licensed("MIT").startedFrom(licensed("MIT"))).isEqualTo(licensed("MIT"));
        assertThat(licensed("MIT").startedFrom(Provenance.UNKNOWN)).isEqualTo(licensed("MIT"));
    }

    @Test
    void aLicenceThatAnotherOnesNameContainsIsNotLost() {
        assertThat(licensed("CC BY-NC 4.0").startedFrom(licensed("CC BY")).dataLicence())
                .isEqualTo("CC BY-NC 4.0\n\n# The data of the model that it started from\n\nCC BY");
    }
}
