package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LicenceFileTest {

    private static final String TEXT = "# Whose\n\nThe makers of it.\n\n## MIT\n\nPermission";

    @TempDir Path place;

    @ParameterizedTest
    @ValueSource(strings = {"LICENSES.md", "LICENSE.md", "LICENSE.txt", "LICENSE"})
    void whatLiesBesideThePicturesIsRead(String name) throws IOException {
        Files.writeString(place.resolve(name), TEXT + "\n\n");
        assertThat(LicenceFile.beside(place)).contains(TEXT);
    }

    @Test
    void aPartOfASetHasTheLicencesOfTheSet() throws IOException {
        Files.writeString(place.resolve("LICENSES.md"), TEXT);
        Path part = Files.createDirectory(place.resolve("train"));
        assertThat(LicenceFile.beside(part)).isEmpty();
        Files.writeString(part.resolve("metadata.jsonl"), "");
        assertThat(LicenceFile.beside(part)).contains(TEXT);
        Files.writeString(part.resolve("LICENSE"), "its own");
        assertThat(LicenceFile.beside(part)).contains("its own");
    }

    @Test
    void whatIsNoLicenceOfPicturesIsNotTakenForOne() throws IOException {
        Path data = Files.createDirectory(place.resolve("captioned"));
        Files.writeString(data.resolve("metadata.csv"), "");
        Files.writeString(place.resolve("LICENSE"), "that of the program around it");
        assertThat(LicenceFile.beside(data)).isEmpty();
        Files.delete(place.resolve("LICENSE"));
        Files.createDirectory(place.resolve("LICENSE")); // a class of that name
        assertThat(LicenceFile.beside(place)).isEmpty();
        Files.writeString(place.resolve("LICENSE.txt"), "x".repeat(70_000));
        assertThat(LicenceFile.beside(place)).isEmpty();
        Files.write(place.resolve("LICENSES.md"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(LicenceFile.beside(place)).isEmpty();
    }

    @Test
    void archivesAndShardsHaveTheLicencesBesideThem() throws IOException {
        Path pattern = place.resolve("photos-{000..004}.tar");
        Path archive = Files.writeString(place.resolve("photos.zip"), "");
        assertThat(LicenceFile.beside(pattern)).isEmpty();
        Files.writeString(place.resolve("LICENSES.md"), TEXT);
        assertThat(LicenceFile.beside(pattern)).contains(TEXT);
        assertThat(LicenceFile.beside(archive)).contains(TEXT);
    }

    @Test
    void aFileThatIsNoTextDoesNotHideAnother() throws IOException {
        Files.write(place.resolve("LICENSES.md"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.writeString(place.resolve("LICENSE"), "CC0");
        assertThat(LicenceFile.beside(place)).contains("CC0");
    }

    @Test
    void longOnesAreASectionOfTheCardAndShortOnesAFact() {
        assertThat(LicenceFile.section("CC0")).isEmpty();
        assertThat(LicenceFile.fact("CC0")).isEqualTo("- licence: CC0\n");
        assertThat(LicenceFile.fact(TEXT)).isEmpty();
        assertThat(LicenceFile.fact("")).isEmpty();
        assertThat(LicenceFile.section(TEXT))
                .isEqualTo(
                        "\n## Licences of the data\n\n### Whose\n\nThe makers of it.\n\n#### MIT\n\nPermission\n");
        assertThat(LicenceFile.title("CC0")).isEqualTo("CC0");
        assertThat(LicenceFile.title(TEXT)).isEqualTo("Whose (7 lines, in its README.md)");
    }
}
