# Sourced by the scripts, with $root set: finds java, builds the one jar and the embedded Spark runtime when needed.
# shellcheck shell=bash

if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
if ! command -v "$java" >/dev/null; then
  echo "kiln: no java at $java but a JDK 17 or later is needed; set JAVA_HOME" >&2
  exit 2
fi

find_jar() {
  jar=
  local candidate
  for candidate in "$root"/spark-jobs/target/kiln-*.jar; do
    if [ -e "$candidate" ]; then jar=$candidate; fi
  done
}

# newer_than FILE PATH... : whether FILE is missing or something under a path is newer.
newer_than() {
  local file=$1
  shift
  [ ! -e "$file" ] || [ -n "$(find "$@" -newer "$file" -type f -print -quit 2>/dev/null)" ]
}

# with_lock COMMAND... : one build at a time for each working copy.
with_lock() {
  local lock=$root/target/.build-lock
  mkdir -p "$root/target"
  until mkdir "$lock" 2>/dev/null; do
    local owner
    owner=$(cat "$lock/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$lock"
    elif [ -z "$owner" ] && [ -n "$(find "$lock" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then
      rm -rf "$lock"
    else
      sleep 0.5
    fi
  done
  echo $$ >"$lock/pid"
  local status=0
  "$@" || status=$?
  rm -rf "$lock"
  return $status
}

# maven OPTION... : runs Maven quietly; what it says is shown only if it fails.
maven() {
  if ! command -v mvn >/dev/null; then
    echo "kiln: mvn is not on the PATH but the jar has to be built; install Maven 3.8 or later" >&2
    exit 2
  fi
  local log=$root/target/build.log
  (cd "$root" && mvn -q -B "$@" >"$log" 2>&1) || {
    cat "$log" >&2
    echo "kiln: the build failed with the messages above; mvn -B verify tells more" >&2
    exit 2
  }
}

jar_is_stale() {
  find_jar
  [ -z "$jar" ] || newer_than "$jar" "$root/pom.xml" "$root/nn-core/pom.xml" "$root/nn-core/src/main" \
    "$root/nn-core/src/vector" "$root/nn-core/src/build" \
    "$root/spark-jobs/pom.xml" "$root/spark-jobs/src/main" "$root/conf/spark-defaults.conf"
}

# Sets $jar.
build_jar() {
  if jar_is_stale; then with_lock build_stale_jar; fi
}

build_stale_jar() {
  if ! jar_is_stale; then return; fi
  echo "kiln: building the jar (a minute the first time)" >&2
  # The fast profile builds the same jar without tests and checks.
  maven -Pfast -pl nn-core,spark-jobs package
  find_jar
  if jar_is_stale; then touch "$jar"; fi
}

# home_is_stale NAME : whether target/NAME is missing or older than what it is made from.
home_is_stale() {
  newer_than "$root/target/$1/RELEASE" "$root/pom.xml" "$root/$1/pom.xml"
}

# build_home NAME [MAVEN OPTION]... : has Maven assemble target/NAME by the module of that name.
build_home() {
  if home_is_stale "$1"; then with_lock build_stale_home "$@"; fi
}

build_stale_home() {
  local name=$1 home=$root/target/$1 version
  shift
  if ! home_is_stale "$name"; then return; fi
  echo "kiln: assembling target/$name (a minute the first time)" >&2
  # What another version left must go; without one, jars stay in place for those that run on them.
  while read -r version; do
    if [ -e "$home/RELEASE" ] && ! grep -qF " $version" "$home/RELEASE"; then rm -rf "$home"; fi
  done < <(sed -nE "s#.*<($([ "$name" = hdfs-home ] && echo hadoop || echo 'spark|scala|hadoop|netlib'))\.version>(.*)</.*#\2#p" "$root/pom.xml")
  maven -pl "$name" "$@" process-resources
  touch "$home/RELEASE"
}

build_spark_home() { build_home spark-home; }

build_hdfs_home() { build_home hdfs-home -Phdfs; }

# find_archive : sets $archive to where the classes of a start can lie ready for this JDK, '' if it does not say which it is.
find_archive() {
  archive=
  local link version
  link=$(command -v "$java")
  link=$(readlink -f "$link" 2>/dev/null || echo "$link")
  version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "${link%/bin/*}/release" 2>/dev/null || true)
  if [ -n "$version" ]; then archive=$root/target/cds/${version//[^A-Za-z0-9.]/_}.jsa; fi
}

archive_is_stale() { [ ! "$archive" -nt "$jar" ] || [ ! "$archive" -nt "$root/target/spark-home/RELEASE" ]; }

# build_archive : has a JVM write down the classes of a small training run ("class data sharing"), so that later ones need
# not find, read and check each: a start takes half the time. Sets $sharing to the options of a JVM whose class path begins
# with $jar:$root/target/spark-home/jars/*. A JVM that cannot use the archive passes over it.
build_archive() {
  sharing=()
  find_archive
  if [ -z "$archive" ]; then return; fi
  if archive_is_stale; then with_lock build_stale_archive; fi
  if [ -s "$archive" ]; then
    sharing=("-XX:SharedArchiveFile=$archive" -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off)
  fi
}

build_stale_archive() {
  if ! archive_is_stale; then return; fi
  echo "kiln: noting the classes of a start (some seconds, once)" >&2
  local folder=$root/target/cds/$$
  mkdir -p "$folder"
  # Whatever goes wrong, an empty file says that it was tried.
  (
    resolve_host local
    use_spark_home
    "$java" "@$SPARK_HOME/jvm-options" -Xmx1g "-XX:ArchiveClassesAtExit=$folder/jsa" -Xlog:cds=off -Xlog:cds+dynamic=off \
      "-Dlog4j2.configurationFile=$root/conf/log4j2.properties" -cp "$jar:$SPARK_HOME/jars/*" \
      org.apache.spark.deploy.SparkSubmit --master 'local[2]' --class io.kiln.spark.Main "$jar" \
      train "$root/conf/quickstart.yaml" --out "$folder/run" --set train.epochs=1 \
      --set data.train=200 --set data.validation=50 --set data.test=50
  ) >"$root/target/cds/log" 2>&1 || true
  if [ -s "$folder/jsa" ]; then
    mv -f "$folder/jsa" "$archive"
  else
    rm -f "$archive"
    : >"$archive"
  fi
  touch "$archive"
  rm -rf "$folder"
}

# find_early : sets $early to what the embedded runtime's options (pom.xml) say of when methods are compiled.
find_early() {
  early=()
  local options option
  read -r -a options <"$root/target/spark-home/jvm-options" 2>/dev/null || return 0
  for option in "${options[@]}"; do
    case $option in -XX:CompileCommand=* | -XX:Tier3DelayOn=*) early+=("$option") ;; esac
  done
}

# show_help : what kiln --help says, from target/help where that is newer than the jar: a JVM takes its time.
show_help() {
  local text=$root/target/help ansi=false
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then ansi=true text=$text-ansi; fi
  local say=("$java" "-Dio.kiln.shaded.picocli.ansi=$ansi" -XX:TieredStopAtLevel=1 -cp "$jar" io.kiln.spark.Main --help)
  if [ "$text" -nt "$jar" ]; then
    cat "$text"
  elif { "${say[@]}" >"$text.$$" && mv -f "$text.$$" "$text"; } 2>/dev/null; then
    cat "$text"
  else
    "${say[@]}"
  fi
}

# Half of the machine's memory as a heap size: what a JVM gets by -XX:MaxRAMPercentage=50.
half_of_memory() {
  local kib
  kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null || true)
  if [ -n "$kib" ]; then echo "$((kib / 2048))m"; else echo 2g; fi
}

# Whether Spark's configuration has a master: spark.master in its spark-defaults.conf, or MASTER.
names_a_master() {
  [ -n "${MASTER:-}" ] && return
  local conf=${SPARK_CONF_DIR:-${SPARK_HOME:-$root}/conf}/spark-defaults.conf
  grep -qsE '^[[:space:]]*spark\.master([[:space:]]|[=:])' "$conf"
}

# resolve_host MASTER : Spark ends with a stack trace where this machine's name does not resolve. On this machine alone
# the name does not matter; on a cluster nobody but the user knows the address others see.
resolve_host() {
  local name
  name=$(hostname 2>/dev/null || true)
  if [ -n "${SPARK_LOCAL_IP:-}" ] || ! command -v getent >/dev/null || [ -z "$name" ] || getent ahosts "$name" >/dev/null; then
    return
  fi
  case $1 in
    local*) export SPARK_LOCAL_IP=127.0.0.1 ;;
    *)
      echo "kiln: host: this machine's name '$name' does not resolve; enter it in DNS or /etc/hosts, or set SPARK_LOCAL_IP to its address" >&2
      exit 2
      ;;
  esac
}

# Java writes file names in the locale's letters; in the C locale, which batch jobs have, é would become ?.
use_utf8() {
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in C.UTF-8 | C.utf8) return ;; esac
  if [ "$(locale charmap 2>/dev/null)" != UTF-8 ] && locale -a 2>/dev/null | grep -qiE '^C\.utf-?8$'; then
    export LC_ALL=C.UTF-8
  fi
}

# The environment Spark's own scripts would set, for the embedded runtime.
use_spark_home() {
  export SPARK_HOME=$root/target/spark-home
  export SPARK_SCALA_VERSION=2.13
  export SPARK_CONF_DIR=${SPARK_CONF_DIR:-$root/conf}
  # Executors of local-cluster masters copy the jar here; what is older than a day is of no use.
  if [ -d "$SPARK_HOME/work" ]; then
    find "$SPARK_HOME/work" -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf {} + 2>/dev/null || true
  fi
}
