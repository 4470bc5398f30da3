@echo off
rem The zigma command on Windows: runs the command line on the JVM. An unpacked archive needs a Java 17 or newer and nothing
rem else; a checkout is built on its first run, for which it needs a JDK and Maven. JAVA_HOME chooses the Java when it is set.
rem After a change of the sources, delete zigma-cli\target\launcher.built: the next run builds again.
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "TARGET=%ROOT%zigma-cli\target"

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
rem Java 16 has the module too, but not the other option.
set "VECTOR=--add-modules jdk.incubator.vector"
"%JAVA%" %VECTOR% --enable-native-access=ALL-UNNAMED -version >nul 2>&1
if not errorlevel 1 goto java
rem Without the module the program runs all the same, slower, and says so itself.
set "VECTOR="
"%JAVA%" --enable-native-access=ALL-UNNAMED -version >nul 2>&1
if not errorlevel 1 goto java
echo zigma: needs a Java 17 or newer; install one, or set JAVA_HOME to one 1>&2
exit /b 1

:java

rem An archive has its jars in lib.
set "CLASSES=%ROOT%lib\*"
if not exist "%ROOT%pom.xml" if exist "%ROOT%lib" goto run
set "CLASSES=%TARGET%\*;%TARGET%\lib\*"
if exist "%TARGET%\launcher.built" goto run
where mvn >nul 2>&1
if errorlevel 1 goto nomaven
echo zigma: building; the first time Maven may have to fetch libraries, which can take minutes ... 1>&2
if not exist "%TARGET%" mkdir "%TARGET%"
rem Files that are written later say which commit wrote them.
set "REVISION="
if exist "%ROOT%.git" for /f "delims=" %%r in ('git -C "%ROOT%." describe --always --dirty --abbrev^=40 2^>nul') do set "REVISION=%%r"
pushd "%ROOT%"
call mvn -q -B -pl zigma-cli -am -DskipTests "-Dgit.revision=%REVISION%" package >"%TARGET%\launcher-build.log" 2>&1
rem No block in parentheses: one in the folder's name would end it.
if errorlevel 1 goto failed
popd
type nul >"%TARGET%\launcher.built"
goto run

:nomaven
rem What Maven built elsewhere runs without it.
if exist "%TARGET%\lib" goto run
echo zigma: the build needs Maven, but there is no mvn; install Maven 3.8 or newer 1>&2
exit /b 1

:run
rem DJL reads these, but so does other software; they count where PYTORCH_LIBRARY_PATH, which is DJL's alone, is set, and
rem with ZIGMA_ENGINE=djl.
if "%ZIGMA_ENGINE%"=="djl" goto start
set "DJL_DEFAULT_ENGINE="
if defined PYTORCH_LIBRARY_PATH goto start
set "PYTORCH_VERSION="
set "PYTORCH_FLAVOR="
set "PYTORCH_PRECXX11="

:start
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
set "OPT_OUT_TRACKING=true"
if not defined ZIGMA_LOG set "ZIGMA_LOG=error"
"%JAVA%" %VECTOR% --enable-native-access=ALL-UNNAMED ^
    -Dai.djl.offline=true -Djava.awt.headless=true ^
    -Dorg.slf4j.simpleLogger.defaultLogLevel=%ZIGMA_LOG% ^
    %ZIGMA_JAVA_OPTS% ^
    -cp "%CLASSES%" io.zigma.cli.Main %*
exit /b %ERRORLEVEL%

:failed
popd
echo zigma: the build failed; all of its output is in "%TARGET%\launcher-build.log" 1>&2
exit /b 1
